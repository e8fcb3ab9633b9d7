# lvs.cf: a load is heard when slow start is over. The weights are those of the original's own example.

config
| primary = 192.0.2.1
| service = lvs
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     load_monitor = uptime
|     server one {
|         address = 10.0.0.1
|         active = 1
|         weight = 4
|     }
| }
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wlc
at 0s 10.0.0.1:80 up HTTP
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), HTTP
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
at 0s 10.0.0.1:80 load 0.10
at 0s tick
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 2), slow start
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 2
at 20s tick
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 4), slow start
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 4
at 20s 10.0.0.1:80 load 0.10
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 5), load 0.10
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 5
at 40s 10.0.0.1:80 load 0.10
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 6), load 0.10
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 6
at 60s 10.0.0.1:80 load 0.10
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 7), load 0.10
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 7

# lvs.cf: a restart in the midst of slow start goes on with the weight that the kernel has. A server
# whose weight has been reached stays as it is.

kernel
| -A -t 192.0.2.10:80 -s wlc
| -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 24
| -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
config
| primary = 192.0.2.1
| service = lvs
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     server two {
|         address = 10.0.0.2
|         active = 1
|     }
|     server one {
|         address = 10.0.0.1
|         active = 1
|         weight = 100
|     }
| }
at 0s 10.0.0.1:80 up HTTP · 10.0.0.2:80 up HTTP
at 19s tick
  nothing is due
at 20s tick
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 48), slow start
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 48
at 40s tick
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 96), slow start
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 96
at 60s tick
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 100), slow start
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 100
at 80s tick
  nothing is due

# lvs.cf: the load of a server moves its weight between the configured one and ten times as much, but
# never by a step of less than a quarter. What cannot be told changes nothing, and is said once.

config
| primary = 192.0.2.1
| service = lvs
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     reentry = 10
|     slow_start = 0
|     load_monitor = /usr/bin/rup
|     server one {
|         address = 10.0.0.1
|         active = 1
|         weight = 100
|     }
| }
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wlc
at 0s 10.0.0.1:80 load 0.10
at 0s 10.0.0.1:80 up HTTP
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 100), HTTP
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 100
at 0s 10.0.0.1:80 load 0.10
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 148), load 0.10
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 148
at 20s 10.0.0.1:80 load 1.00
at 40s 10.0.0.1:80 load 0.00
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 198), load 0.00
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 198
at 60s 10.0.0.1:80 load 0.90
at 80s 10.0.0.1:80 load 2.00
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 148), load 2.00
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 148
at 100s 10.0.0.1:80 load 1.05
at 120s 10.0.0.1:80 load ? failed to read remote load: timed out after 10 s
  : No load of real server: 10.0.0.1:80 (192.0.2.10:80), failed to read remote load: timed out after 10 s
at 140s 10.0.0.1:80 load ? bad load average returned: ""
at 160s 10.0.0.1:80 load 9.00
  : Load again of real server: 10.0.0.1:80 (192.0.2.10:80), load 9.00
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 100), load 9.00
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 100
at 180s 10.0.0.1:80 load 9.00
at 200s 10.0.0.1:80 load 0.00
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 150), load 0.00
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 150
at 201s 10.0.0.1:80 down timed out
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), timed out
  -d -t 192.0.2.10:80 -r 10.0.0.1:80
at 210s 10.0.0.1:80 load 0.00
at 211s 10.0.0.1:80 up HTTP
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 100), HTTP
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 100
at 231s 10.0.0.1:80 load 0.00
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 150), load 0.00
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 150

# A reload keeps what the load made of it.
at 232s reload
| primary = 192.0.2.1
| service = lvs
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     reentry = 10
|     slow_start = 0
|     load_monitor = /usr/bin/rup
|     server one {
|         address = 10.0.0.1
|         active = 1
|         weight = 90
|     }
| }
at 233s reload
| primary = 192.0.2.1
| service = lvs
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     reentry = 10
|     load_monitor = none
|     server one {
|         address = 10.0.0.1
|         active = 1
|         weight = 90
|     }
| }
  : Restored real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 90), the configuration
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 90

# lvs.cf: the sorry server serves while no server is up, at the virtual's port; at a start as soon as
# that is known, or after a second.

config
| primary = 192.0.2.1
| service = lvs
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     reentry = 10
|     sorry_server = 10.0.0.99
|     server two {
|         address = 10.0.0.2
|         active = 1
|     }
|     server one {
|         address = 10.0.0.1
|         active = 1
|         weight = 1
|     }
| }
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wlc
at 1s tick
  : Added fallback server: 10.0.0.99:80 (192.0.2.10:80) (Weight set to 1), no real server is up
  -a -t 192.0.2.10:80 -r 10.0.0.99:80 -m -w 1
at 2s 10.0.0.1:80 down connection refused
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), connection refused
at 3s 10.0.0.2:80 up HTTP
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), HTTP
  : Deleted fallback server: 10.0.0.99:80 (192.0.2.10:80), a real server is up
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
  -d -t 192.0.2.10:80 -r 10.0.0.99:80
at 13s 10.0.0.2:80 down timed out
  : Added fallback server: 10.0.0.99:80 (192.0.2.10:80) (Weight set to 1), no real server is up
  : Deleted real server: 10.0.0.2:80 (192.0.2.10:80), timed out
  -a -t 192.0.2.10:80 -r 10.0.0.99:80 -m -w 1
  -d -t 192.0.2.10:80 -r 10.0.0.2:80
at 23s 10.0.0.1:80 up HTTP
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), HTTP
  : Deleted fallback server: 10.0.0.99:80 (192.0.2.10:80), a real server is up
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
  -d -t 192.0.2.10:80 -r 10.0.0.99:80
at 24s 10.0.0.2:80 up HTTP
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), HTTP
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1

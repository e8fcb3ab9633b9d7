# An agent of the server's own says which share of its weight it should have, even none. A server that
# comes back has the share that was last heard of, until another is.

config
| primary = 192.0.2.1
| service = lvs
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     reentry = 10
|     slow_start = 0
|     load_monitor = agent:3333
|     server one {
|         address = 10.0.0.1
|         active = 1
|         weight = 10
|     }
| }
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wlc
at 0s 10.0.0.1:80 up HTTP
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 10), HTTP
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 10
at 0s 10.0.0.1:80 agent 75%
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 8), the agent says 75%
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 8
at 20s 10.0.0.1:80 agent 75%
at 40s 10.0.0.1:80 agent 0%
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0), the agent says 0%
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0
at 60s 10.0.0.1:80 load ? the agent cannot be asked: Connection refused
  : No load of real server: 10.0.0.1:80 (192.0.2.10:80), the agent cannot be asked: Connection refused
at 80s 10.0.0.1:80 agent 30%
  : Load again of real server: 10.0.0.1:80 (192.0.2.10:80), the agent says 30%
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 3), the agent says 30%
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 3
at 90s 10.0.0.1:80 down timed out
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), timed out
  -d -t 192.0.2.10:80 -r 10.0.0.1:80
at 100s 10.0.0.1:80 up HTTP
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 3), HTTP
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 3
at 100s 10.0.0.1:80 agent 100%
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 10), the agent says 100%
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 10

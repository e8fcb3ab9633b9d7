# One real, and a fallback that is another real's machine: the idiom of an active and a passive server.

config
| quiescent=yes
| virtual=192.0.2.10:3306
|     checktype=connect
|     real=10.0.0.1:3306 gate
|     real=10.0.0.2:3306 gate 0
|     fallback=10.0.0.2:3306 gate
  : Added virtual server: 192.0.2.10:3306, the configuration
  -A -t 192.0.2.10:3306 -s wrr
at 0s 10.0.0.1:3306 up connected · 10.0.0.2:3306 up connected
  : Added real server: 10.0.0.1:3306 (192.0.2.10:3306) (Weight set to 1), connected
  : Added real server: 10.0.0.2:3306 (192.0.2.10:3306) (Weight set to 0), connected
  -a -t 192.0.2.10:3306 -r 10.0.0.1:3306 -g -w 1
  -a -t 192.0.2.10:3306 -r 10.0.0.2:3306 -g -w 0
at 10s 10.0.0.1:3306 down connection refused · 10.0.0.2:3306 down connection refused
  : Restored fallback server: 10.0.0.2:3306 (192.0.2.10:3306) (Weight set to 1), no real server is up
  : Quiescent real server: 10.0.0.1:3306 (192.0.2.10:3306) (Weight set to 0), connection refused
  -e -t 192.0.2.10:3306 -r 10.0.0.2:3306 -g -w 1
  -e -t 192.0.2.10:3306 -r 10.0.0.1:3306 -g -w 0
at 20s 10.0.0.1:3306 up connected
  : Restored real server: 10.0.0.1:3306 (192.0.2.10:3306) (Weight set to 1), connected
  : Quiescent real server: 10.0.0.2:3306 (192.0.2.10:3306) (Weight set to 0), connection refused
  -e -t 192.0.2.10:3306 -r 10.0.0.1:3306 -g -w 1
  -e -t 192.0.2.10:3306 -r 10.0.0.2:3306 -g -w 0

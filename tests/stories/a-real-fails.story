# A real server fails twice in a row, is quiesced, and comes back.

config
| virtual=192.0.2.10:80
|     quiescent=yes
|     failurecount=2
|     real=10.0.0.1:80 gate 3
|     real=10.0.0.2:80 gate
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wrr
at 0s 10.0.0.1:80 up 200 OK · 10.0.0.2:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 3), 200 OK
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -g -w 3
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -g -w 1
at 10s 10.0.0.1:80 down connection refused
  : Soft failure real server: 10.0.0.1:80 (tcp:192.0.2.10:80) failure 1/2, connection refused
at 20s 10.0.0.1:80 down connection refused
  : Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0), connection refused
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -g -w 0
at 30s 10.0.0.1:80 down connection refused
at 40s 10.0.0.1:80 up 200 OK
  : Restored real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 3), 200 OK
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -g -w 3

# One failure between successes is told and forgotten.
at 50s 10.0.0.2:80 down no answer within 5 s
  : Soft failure real server: 10.0.0.2:80 (tcp:192.0.2.10:80) failure 1/2, no answer within 5 s
at 60s 10.0.0.2:80 up 200 OK
  : Resetting soft failure count: 10.0.0.2:80 (tcp:192.0.2.10:80), 200 OK

# maintenancedir: a file takes a real out, whatever its checks say, and no check is made meanwhile.
# When the file goes, the next check that passes brings it back.

config
| failurecount=3
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq 1 l:5 u:9
|     real=10.0.0.2:80 masq 2
|     fallback=127.0.0.1:80 masq
|     quiescent=yes
| virtual=192.0.2.11:80
|     real=10.0.0.1:80 masq 1
|     real=10.0.0.2:80 masq 1
  : Added virtual server: 192.0.2.10:80, the configuration
  : Added virtual server: 192.0.2.11:80, the configuration
  -A -t 192.0.2.10:80 -s wrr
  -A -t 192.0.2.11:80 -s wrr
at 0s 10.0.0.1:80 up 200 OK · 10.0.0.2:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 2), 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.11:80) (Weight set to 1), 200 OK
  : Added real server: 10.0.0.2:80 (192.0.2.11:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1 -x 9 -y 5
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 2
  -a -t 192.0.2.11:80 -r 10.0.0.1:80 -m -w 1
  -a -t 192.0.2.11:80 -r 10.0.0.2:80 -m -w 1
at 20s maintenance: 10.0.0.1:80
  : Maintenance of real server: 10.0.0.1:80 (192.0.2.10:80), maintenance: /m/10.0.0.1:80
  : Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0), maintenance: /m/10.0.0.1:80
  : Maintenance of real server: 10.0.0.1:80 (192.0.2.11:80), maintenance: /m/10.0.0.1:80
  : Deleted real server: 10.0.0.1:80 (192.0.2.11:80), maintenance: /m/10.0.0.1:80
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0 -x 9 -y 5
  -d -t 192.0.2.11:80 -r 10.0.0.1:80
at 25s maintenance: 10.0.0.1:80

# The other one is checked as ever.
at 30s 10.0.0.2:80 down connection refused
  : Soft failure real server: 10.0.0.2:80 (tcp:192.0.2.10:80) failure 1/3, connection refused
  : Soft failure real server: 10.0.0.2:80 (tcp:192.0.2.11:80) failure 1/3, connection refused
at 31s 10.0.0.2:80 up 200 OK
  : Resetting soft failure count: 10.0.0.2:80 (tcp:192.0.2.10:80), 200 OK
  : Resetting soft failure count: 10.0.0.2:80 (tcp:192.0.2.11:80), 200 OK

# The last one: the fallback steps in.
at 40s maintenance: 10.0.0.1:80 10.0.0.2:80
  : Maintenance of real server: 10.0.0.2:80 (192.0.2.10:80), maintenance: /m/10.0.0.2:80
  : Added fallback server: 127.0.0.1:80 (192.0.2.10:80) (Weight set to 1), no real server is up
  : Quiescent real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 0), maintenance: /m/10.0.0.2:80
  : Maintenance of real server: 10.0.0.2:80 (192.0.2.11:80), maintenance: /m/10.0.0.2:80
  : Deleted real server: 10.0.0.2:80 (192.0.2.11:80), maintenance: /m/10.0.0.2:80
  -a -t 192.0.2.10:80 -r 127.0.0.1:80 -m -w 1
  -e -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 0
  -d -t 192.0.2.11:80 -r 10.0.0.2:80
at 50s maintenance: 10.0.0.2:80
  : No more maintenance of real server: 10.0.0.1:80 (192.0.2.10:80), maintenance is over, not checked yet
  : No more maintenance of real server: 10.0.0.1:80 (192.0.2.11:80), maintenance is over, not checked yet
at 50s 10.0.0.1:80 down connection refused
at 60s 10.0.0.1:80 up 200 OK
  : Restored real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Deleted fallback server: 127.0.0.1:80 (192.0.2.10:80), a real server is up
  : Added real server: 10.0.0.1:80 (192.0.2.11:80) (Weight set to 1), 200 OK
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1 -x 9 -y 5
  -d -t 192.0.2.10:80 -r 127.0.0.1:80
  -a -t 192.0.2.11:80 -r 10.0.0.1:80 -m -w 1

# A reload changes nothing about it; a new real with a file does not come in.
at 70s reload
| failurecount=3
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq 1 l:5 u:9
|     real=10.0.0.2:80 masq 3
|     fallback=127.0.0.1:80 masq
|     quiescent=yes
  : Purged virtual server (start): 192.0.2.11:80, it is no longer configured
  -D -t 192.0.2.11:80
at 75s maintenance: 10.0.0.2:80 10.0.0.3:80
at 80s reload
| failurecount=3
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq 1 l:5 u:9
|     real=10.0.0.2:80 masq 3
|     real=10.0.0.3:80 masq 1
|     fallback=127.0.0.1:80 masq
|     quiescent=yes
  : Maintenance of real server: 10.0.0.3:80 (192.0.2.10:80), maintenance: /m/10.0.0.3:80
  : Quiescent real server: 10.0.0.3:80 (192.0.2.10:80) (Weight set to 0), maintenance: /m/10.0.0.3:80
  -a -t 192.0.2.10:80 -r 10.0.0.3:80 -m -w 0
at 90s maintenance over
  : No more maintenance of real server: 10.0.0.2:80 (192.0.2.10:80), maintenance is over, not checked yet
  : No more maintenance of real server: 10.0.0.3:80 (192.0.2.10:80), maintenance is over, not checked yet
at 90s 10.0.0.2:80 up 200 OK · 10.0.0.3:80 up 200 OK
  : Restored real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 3), 200 OK
  : Restored real server: 10.0.0.3:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -e -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 3
  -e -t 192.0.2.10:80 -r 10.0.0.3:80 -m -w 1

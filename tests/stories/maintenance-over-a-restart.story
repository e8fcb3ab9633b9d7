# A director that starts while somebody is in maintenance finds its own traces: who has weight 0 for
# it keeps it, and serves again when it is over, even who is not checked.

kernel
| -A -t 192.0.2.10:80 -s wrr
| -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0
| -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
| -A -t 192.0.2.11:80 -s wrr
| -a -t 192.0.2.11:80 -r 10.0.0.1:80 -m -w 0
| -a -t 192.0.2.11:80 -r 10.0.0.2:80 -m -w 1
config 10.0.0.1:80
| quiescent=yes
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
|     real=10.0.0.2:80 masq
|     checktype=off
| virtual=192.0.2.11:80
|     real=10.0.0.1:80 masq
|     real=10.0.0.2:80 masq
  : Maintenance of real server: 10.0.0.1:80 (192.0.2.10:80), maintenance: /m/10.0.0.1:80
  : Maintenance of real server: 10.0.0.1:80 (192.0.2.11:80), maintenance: /m/10.0.0.1:80
at 1s 10.0.0.2:80 up 200 OK
at 10s maintenance over
  : No more maintenance of real server: 10.0.0.1:80 (192.0.2.10:80), maintenance is over
  : Restored real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), maintenance is over
  : No more maintenance of real server: 10.0.0.1:80 (192.0.2.11:80), maintenance is over, not checked yet
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
at 11s 10.0.0.1:80 up 200 OK
  : Restored real server: 10.0.0.1:80 (192.0.2.11:80) (Weight set to 1), 200 OK
  -e -t 192.0.2.11:80 -r 10.0.0.1:80 -m -w 1

# Who has a file at the start is never put in, and goes out at once if the kernel holds it. Who is
# not checked at all comes back as it was.

kernel
| -A -t 192.0.2.10:80 -s wrr
| -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
| -A -t 192.0.2.11:80 -s wrr
| -a -t 192.0.2.11:80 -r 10.0.0.4:80 -m -w 1
config 10.0.0.1:80 10.0.0.2:80 10.0.0.4:80 10.0.0.5:80
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
|     real=10.0.0.2:80 masq
|     fallback=127.0.0.1:80 masq
| virtual=192.0.2.11:80
|     real=10.0.0.4:80 masq
|     real=10.0.0.5:80 masq
|     checktype=off
|     quiescent=yes
| virtual=192.0.2.12:80
|     real=10.0.0.2:80 masq
|     checktype=on
  : Added virtual server: 192.0.2.12:80, the configuration
  -A -t 192.0.2.12:80 -s wrr
  : Maintenance of real server: 10.0.0.1:80 (192.0.2.10:80), maintenance: /m/10.0.0.1:80
  : Maintenance of real server: 10.0.0.2:80 (192.0.2.10:80), maintenance: /m/10.0.0.2:80
  : Added fallback server: 127.0.0.1:80 (192.0.2.10:80) (Weight set to 1), no real server is up
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), maintenance: /m/10.0.0.1:80
  : Deleted real server: 10.0.0.2:80 (192.0.2.10:80), maintenance: /m/10.0.0.2:80
  : Maintenance of real server: 10.0.0.4:80 (192.0.2.11:80), maintenance: /m/10.0.0.4:80
  : Maintenance of real server: 10.0.0.5:80 (192.0.2.11:80), maintenance: /m/10.0.0.5:80
  : Quiescent real server: 10.0.0.4:80 (192.0.2.11:80) (Weight set to 0), maintenance: /m/10.0.0.4:80
  : Maintenance of real server: 10.0.0.2:80 (192.0.2.12:80), maintenance: /m/10.0.0.2:80
  : Deleted real server: 10.0.0.2:80 (192.0.2.12:80), maintenance: /m/10.0.0.2:80
  -a -t 192.0.2.10:80 -r 127.0.0.1:80 -m -w 1
  -d -t 192.0.2.10:80 -r 10.0.0.1:80
  -e -t 192.0.2.11:80 -r 10.0.0.4:80 -m -w 0
at 10s maintenance over
  : No more maintenance of real server: 10.0.0.1:80 (192.0.2.10:80), maintenance is over, not checked yet
  : No more maintenance of real server: 10.0.0.2:80 (192.0.2.10:80), maintenance is over, not checked yet
  : No more maintenance of real server: 10.0.0.4:80 (192.0.2.11:80), maintenance is over
  : No more maintenance of real server: 10.0.0.5:80 (192.0.2.11:80), maintenance is over
  : Restored real server: 10.0.0.4:80 (192.0.2.11:80) (Weight set to 1), maintenance is over
  : No more maintenance of real server: 10.0.0.2:80 (192.0.2.12:80), maintenance is over, not checked yet
  -e -t 192.0.2.11:80 -r 10.0.0.4:80 -m -w 1
at 10s 10.0.0.2:80 up checktype=on
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), checktype=on
  : Deleted fallback server: 127.0.0.1:80 (192.0.2.10:80), a real server is up
  : Added real server: 10.0.0.2:80 (192.0.2.12:80) (Weight set to 1), checktype=on
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
  -d -t 192.0.2.10:80 -r 127.0.0.1:80
  -a -t 192.0.2.12:80 -r 10.0.0.2:80 -m -w 1

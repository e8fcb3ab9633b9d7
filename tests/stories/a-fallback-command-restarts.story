# What the kernel holds at the start may be old: a first word waits for the first checks, but no
# longer than a fallback does.

kernel
| -A -t 192.0.2.10:80 -s wrr
| -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
| -A -t 192.0.2.11:80 -s wrr
| -a -t 192.0.2.11:80 -r 10.0.0.2:80 -m -w 0
| -A -t 192.0.2.12:80 -s wrr
| -a -t 192.0.2.12:80 -r 10.0.0.3:80 -m -w 1
config
| quiescent=yes
| fallbackcommand=/bin/page
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
| virtual=192.0.2.11:80
|     real=10.0.0.2:80 masq
| virtual=192.0.2.12:80
|     real=10.0.0.3:80 masq
| virtual=192.0.2.13:80
|     real=10.0.0.4:80 masq
  : Added virtual server: 192.0.2.13:80, the configuration
  -A -t 192.0.2.13:80 -s wrr
at 0.1s 10.0.0.1:80 down refused
  : Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0), refused
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0
  ! /bin/page start 192.0.2.10:80 tcp
at 0.2s 10.0.0.2:80 up 200 OK
  : Restored real server: 10.0.0.2:80 (192.0.2.11:80) (Weight set to 1), 200 OK
  -e -t 192.0.2.11:80 -r 10.0.0.2:80 -m -w 1
  ! /bin/page stop 192.0.2.11:80 tcp
at 0.3s 10.0.0.3:80 up 200 OK
at 1s tick
  ! /bin/page stop 192.0.2.12:80 tcp
  ! /bin/page start 192.0.2.13:80 tcp
at 5s 10.0.0.4:80 down timeout
  : Quiescent real server: 10.0.0.4:80 (192.0.2.13:80) (Weight set to 0), timeout
  -a -t 192.0.2.13:80 -r 10.0.0.4:80 -m -w 0

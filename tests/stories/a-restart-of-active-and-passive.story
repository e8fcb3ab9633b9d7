# A restart where the fallback is one of the reals: the real that serves is left alone, and so is the
# fallback that stands in for it.

kernel
| -A -t 192.0.2.10:80 -s wrr
| -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 5
| -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 5
| -A -t 192.0.2.11:80 -s wrr
| -a -t 192.0.2.11:80 -r 10.0.0.2:80 -m -w 1
config
| fallback=10.0.0.2:80 masq
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq 5
|     real=10.0.0.2:80 masq 5
| virtual=192.0.2.11:80
|     real=10.0.0.1:80 masq 5
|     real=10.0.0.2:80 masq 5
at 0.1s 10.0.0.2:80 up 200 OK · 10.0.0.1:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.11:80) (Weight set to 5), 200 OK
  : Restored real server: 10.0.0.2:80 (192.0.2.11:80) (Weight set to 5), 200 OK
  -a -t 192.0.2.11:80 -r 10.0.0.1:80 -m -w 5
  -e -t 192.0.2.11:80 -r 10.0.0.2:80 -m -w 5

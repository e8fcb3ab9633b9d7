# A director that was killed comes back to what its predecessor left, adopts it, and issues no
# command for what is right. What is wrong is mended; what is foreign stays.

kernel
| -A -t 192.0.2.10:80 -s wrr
| -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
| -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 0
| -a -t 192.0.2.10:80 -r 10.0.0.9:80 -m -w 1
| -A -t 192.0.2.99:80 -s rr
config
| quiescent=yes
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
|     real=10.0.0.2:80 masq
|     real=10.0.0.3:80 masq
  : Purged real server (start): 10.0.0.9:80 (192.0.2.10:80), it is not configured
  -d -t 192.0.2.10:80 -r 10.0.0.9:80
at 0s 10.0.0.1:80 up 200 OK · 10.0.0.2:80 down connection refused · 10.0.0.3:80 up 200 OK
  : Added real server: 10.0.0.3:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.3:80 -m -w 1
at 10s 10.0.0.2:80 up 200 OK
  : Restored real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -e -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1

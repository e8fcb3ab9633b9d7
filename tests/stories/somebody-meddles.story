# Somebody edits the table behind the director's back. It is repaired, and said.
# Services that are not configured are never touched.

config
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq 1
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wrr
at 0s 10.0.0.1:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
at 2s quiet
at 3s somebody: -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 9
at 4s quiet
  repaired: -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
at 5s somebody: -D -t 192.0.2.10:80
at 6s somebody: -A -t 192.0.2.99:80 -s rr
at 7s quiet
  repaired: -A -t 192.0.2.10:80 -s wrr
  repaired: -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
at 9s quiet

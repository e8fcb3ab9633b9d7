# Only masquerading can change a port: with gate and ipip the table holds the virtual's, whatever the
# real is checked on. A firewall mark has no port to give.

config
| virtual=192.0.2.10:80
|     real=10.0.0.1:8080 gate
|     real=10.0.0.2:8080 ipip
|     real=10.0.0.3:8080 masq
| virtual=7
|     checktype=ping
|     real=10.0.0.4 gate
  : Added virtual server: 192.0.2.10:80, the configuration
  : Added virtual server: 7, the configuration
  -A -t 192.0.2.10:80 -s wrr
  -A -f 7 -s wrr
at 0s 10.0.0.1:8080 up · 10.0.0.2:8080 up · 10.0.0.3:8080 up · 10.0.0.4:0 up
  : Added real server: 10.0.0.1:8080 (192.0.2.10:80) (Weight set to 1), well
  : Added real server: 10.0.0.2:8080 (192.0.2.10:80) (Weight set to 1), well
  : Added real server: 10.0.0.3:8080 (192.0.2.10:80) (Weight set to 1), well
  : Added real server: 10.0.0.4:0 (7) (Weight set to 1), well
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -g -w 1
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -i -w 1 --tun-type ipip
  -a -t 192.0.2.10:80 -r 10.0.0.3:8080 -m -w 1
  -a -f 7 -r 10.0.0.4:0 -g -w 1

# As it leaves it is named by both: who looks into the table finds the one, who looks into the file the other.
at 10s 10.0.0.1:8080 down connection refused · 10.0.0.3:8080 down connection refused
  : Deleted real server: 10.0.0.1:80 mapped from 10.0.0.1:8080 (192.0.2.10:80), connection refused
  : Deleted real server: 10.0.0.3:8080 (192.0.2.10:80), connection refused
  -d -t 192.0.2.10:80 -r 10.0.0.1:80
  -d -t 192.0.2.10:80 -r 10.0.0.3:8080

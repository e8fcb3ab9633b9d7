# A command is told when no real server is left and when there is one again, each once: also
# without a fallback, and with the mark of a service that has no address.

config
| quiescent=yes
| fallbackcommand=/usr/local/sbin/page -v
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
|     real=10.0.0.2:80 masq
| virtual6=[2001:db8::10]:53
|     protocol=udp
|     fallbackcommand="/usr/local/sbin/page the names"
|     real6=[fd00::1]:53 masq
| virtual=7
|     real=10.0.0.3:80 masq
  : Added virtual server: 192.0.2.10:80, the configuration
  : Added virtual server: [2001:db8::10]:53, the configuration
  : Added virtual server: 7, the configuration
  -A -t 192.0.2.10:80 -s wrr
  -A -u [2001:db8::10]:53 -s wrr
  -A -f 7 -s wrr
at 0s 10.0.0.1:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
  ! /usr/local/sbin/page -v stop 192.0.2.10:80 tcp
at 0.1s 10.0.0.2:80 up 200 OK · [fd00::1]:53 down timeout
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Quiescent real server: [fd00::1]:53 ([2001:db8::10]:53) (Weight set to 0), timeout
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
  -a -u [2001:db8::10]:53 -r [fd00::1]:53 -m -w 0
  ! /usr/local/sbin/page the names start [2001:db8::10]:53 udp
at 0.2s 10.0.0.3:80 down timeout
  : Quiescent real server: 10.0.0.3:80 (7) (Weight set to 0), timeout
  -a -f 7 -r 10.0.0.3:80 -m -w 0
  ! /usr/local/sbin/page -v start 7 fwm
at 10s 10.0.0.1:80 down connection refused
  : Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0), connection refused
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0
at 11s 10.0.0.2:80 down connection refused
  : Quiescent real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 0), connection refused
  -e -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 0
  ! /usr/local/sbin/page -v start 192.0.2.10:80 tcp
at 12s [fd00::1]:53 down timeout
at 20s 10.0.0.2:80 up 200 OK · [fd00::1]:53 up it answers
  : Restored real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Restored real server: [fd00::1]:53 ([2001:db8::10]:53) (Weight set to 1), it answers
  -e -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
  -e -u [2001:db8::10]:53 -r [fd00::1]:53 -m -w 1
  ! /usr/local/sbin/page -v stop 192.0.2.10:80 tcp
  ! /usr/local/sbin/page the names stop [2001:db8::10]:53 udp
at 21s 10.0.0.1:80 up 200 OK
  : Restored real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1

# A mass of deaths is one word for each service.
at 30s 10.0.0.1:80 down timeout · 10.0.0.2:80 down timeout · [fd00::1]:53 down timeout
  : Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0), timeout
  : Quiescent real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 0), timeout
  : Quiescent real server: [fd00::1]:53 ([2001:db8::10]:53) (Weight set to 0), timeout
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0
  -e -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 0
  -e -u [2001:db8::10]:53 -r [fd00::1]:53 -m -w 0
  ! /usr/local/sbin/page -v start 192.0.2.10:80 tcp
  ! /usr/local/sbin/page the names start [2001:db8::10]:53 udp
at 60s stop
  : Purged virtual server (stop): 192.0.2.10:80, the director stops
  : Purged virtual server (stop): [2001:db8::10]:53, the director stops
  : Purged virtual server (stop): 7, the director stops
  -D -t 192.0.2.10:80
  -D -u [2001:db8::10]:53
  -D -f 7

# A quiesced real that somebody takes out of the table, to be rid of its clients, stays out until it
# is well. It is another thing to take the service out, or a real that serves.

config
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
|     real=10.0.0.2:80 masq
|     quiescent=yes
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wrr
at 0s 10.0.0.1:80 up 200 OK · 10.0.0.2:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
at 10s 10.0.0.1:80 down connection refused
  : Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0), connection refused
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0
at 12s quiet
at 13s somebody: -d -t 192.0.2.10:80 -r 10.0.0.1:80
at 14s quiet
  left out: 10.0.0.1:80
at 16s quiet
at 17s somebody: -d -t 192.0.2.10:80 -r 10.0.0.2:80
at 18s quiet
  repaired: -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
at 20s 10.0.0.2:80 down connection refused
  : Quiescent real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 0), connection refused
  -e -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 0
at 21s 10.0.0.2:80 up 200 OK
  : Restored real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -e -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1

# A reload leaves it out, too.
at 30s reload
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
|     real=10.0.0.2:80 masq 2
|     quiescent=yes
  : Restored real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 2), the configuration
  -e -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 2
at 40s 10.0.0.1:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
at 50s 10.0.0.1:80 down connection refused
  : Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0), connection refused
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0
at 52s quiet
at 53s somebody: -D -t 192.0.2.10:80
at 54s quiet
  repaired: -A -t 192.0.2.10:80 -s wrr
  repaired: -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0
  repaired: -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 2

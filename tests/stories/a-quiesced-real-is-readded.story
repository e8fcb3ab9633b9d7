# readdquiescent=yes: a quiesced real that somebody takes out of the table is put back.

config
| readdquiescent=yes
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq 1 l:5 u:9
|     quiescent=yes
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wrr
at 0s 10.0.0.1:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1 -x 9 -y 5
at 10s 10.0.0.1:80 down connection refused
  : Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0), connection refused
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0 -x 9 -y 5
at 12s quiet
at 13s somebody: -d -t 192.0.2.10:80 -r 10.0.0.1:80
at 14s quiet
  repaired: -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0 -x 9 -y 5
  : Readd Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0), somebody took it out of the table
at 20s maintenance: 10.0.0.1:80
  : Maintenance of real server: 10.0.0.1:80 (192.0.2.10:80), maintenance: /m/10.0.0.1:80
at 23s somebody: -d -t 192.0.2.10:80 -r 10.0.0.1:80
at 24s quiet
  repaired: -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0 -x 9 -y 5
  : Readd Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0), somebody took it out of the table
at 30s maintenance over
  : No more maintenance of real server: 10.0.0.1:80 (192.0.2.10:80), maintenance is over, not checked yet
at 30s 10.0.0.1:80 up 200 OK
  : Restored real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1 -x 9 -y 5

# A certificate is about to expire: said once, and once a day as the days are counted down. A failure
# on the way neither ends nor repeats it; a new certificate ends it.

config
| virtual=192.0.2.10:443
|     failurecount=2
|     real=10.0.0.1:443 masq
at 0s 10.0.0.1:443 up 200 OK
at 10s 10.0.0.1:443 up 200 OK ! the certificate expires on 2026-11-30T12:00:00Z, in 9 days
at 20s 10.0.0.1:443 up 200 OK ! the certificate expires on 2026-11-30T12:00:00Z, in 9 days
at 30s 10.0.0.1:443 down connection refused
at 40s 10.0.0.1:443 up 200 OK ! the certificate expires on 2026-11-30T12:00:00Z, in 9 days
at 86410s 10.0.0.1:443 up 200 OK ! the certificate expires on 2026-11-30T12:00:00Z, in 8 days

# A reload forgets nothing.
at 90000s reload
| virtual=192.0.2.10:443
|     failurecount=3
|     real=10.0.0.1:443 masq
at 90001s 10.0.0.1:443 up 200 OK ! the certificate expires on 2026-11-30T12:00:00Z, in 8 days
at 100000s 10.0.0.1:443 up 200 OK
at 100010s 10.0.0.1:443 up 200 OK

# One that is expired already is told with the failure, and the first check of all.
at 200000s reload
| virtual=192.0.2.10:443
|     real=10.0.0.2:443 masq
at 200001s 10.0.0.2:443 up 200 OK ! the certificate expires on 2026-12-01T12:00:00Z, in 8 days

# checktype=off: nobody is asked, so nobody comes in, and the fallback serves. What the kernel
# holds already serves on.

kernel
| -A -t 192.0.2.11:80 -s wrr
| -a -t 192.0.2.11:80 -r 10.0.0.1:80 -m -w 1
config
| fallback=127.0.0.1:80 masq
| virtual=192.0.2.10:80
|     checktype=off
|     real=10.0.0.1:80 masq
| virtual=192.0.2.11:80
|     checktype=off
|     real=10.0.0.1:80 masq
  : Added virtual server: 192.0.2.10:80, the configuration
  : Added fallback server: 127.0.0.1:80 (192.0.2.10:80) (Weight set to 1), no real server is up
  -A -t 192.0.2.10:80 -s wrr
  -a -t 192.0.2.10:80 -r 127.0.0.1:80 -m -w 1

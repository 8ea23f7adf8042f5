# on a desk; elsewhere PORT says it
bind = "127.0.0.1:9000"
workers = 2
accesslog = "-"

// Command mailer is another process of the Procfile.
package main

func main() { select {} }

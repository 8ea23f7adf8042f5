name := "tally"
scalaVersion := "3.3.6"

libraryDependencies ++= Seq(
  "org.http4s" %% "http4s-ember-server" % "0.23.34",
  "org.http4s" %% "http4s-dsl" % "0.23.34"
)

import sbt._

object Dependencies {
  val scala2 = "2.13.16"
  val pekkoVersion = "1.1.3"

  val spray = "io.spray" %% "spray-json" % "1.3.6"
  val pekko = Seq(
    "org.apache.pekko" %% "pekko-actor-typed" % pekkoVersion,
    "org.apache.pekko" %% "pekko-stream" % pekkoVersion,
    "org.apache.pekko" %% "pekko-http" % "1.1.0"
  )
}

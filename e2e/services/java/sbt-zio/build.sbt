ThisBuild / scalaVersion := "3.3.6"

lazy val root = (project in file("."))
  .settings(
    name := "ferry",
    libraryDependencies += "dev.zio" %% "zio-http" % "3.8.1"
  )

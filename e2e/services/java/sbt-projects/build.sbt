import Dependencies._

ThisBuild / organization := "com.example"
ThisBuild / scalaVersion := scala2

lazy val root = (project in file("."))
  .aggregate(model, api, report)
  .settings(publish / skip := true)

lazy val model = (project in file("model"))
  .settings(libraryDependencies += spray)

lazy val api = project
  .dependsOn(model)
  .settings(
    libraryDependencies ++= pekko,
    scalacOptions ++= Seq("-deprecation", "-release:17")
  )

// Prints a table and ends.
lazy val report = (project in file("report"))
  .dependsOn(model % "compile->compile")
  .settings(Compile / mainClass := Some("com.example.tide.report.Report"))

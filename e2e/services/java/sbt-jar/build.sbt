name := "press"
scalaVersion := "2.13.16"
assembly / assemblyJarName := "press.jar"

libraryDependencies += "org.scalatest" %% "scalatest" % "3.2.19" % Test

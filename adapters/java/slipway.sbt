// Tells what a project's program is made of, for every sbt since 1.3.

val slipwayLibraries = taskKey[Unit]("leaves the libraries of the program in /libs")
val slipwayProgram = taskKey[Unit]("leaves the classes of the program, and of the projects that it is made of, in /out")

slipwayLibraries / aggregate := false
slipwayProgram / aggregate := false

def slipwayNames(jars: Seq[File]): Seq[(File, String)] =
  jars.filter(_.isFile).zipWithIndex.map { case (jar, i) =>
    val twin = jars.take(i).exists(_.getName == jar.getName)
    jar -> (if (twin) jar.getParentFile.getParentFile.getParentFile.getName + "-" + jar.getName else jar.getName)
  }

def slipwayPlace(base: File, entry: File): String = {
  val place = IO.relativize(base, entry).getOrElse(entry.getName).replaceAll("/?target/.*", "")
  if (place.isEmpty) "root" else place
}

// Where the organisation names repositories, Maven Central is none of those
// that plugins come from. Its credentials are those of the launcher.
sbtResolvers := {
  val given = sys.props.contains("sbt.repository.config")
  sbtResolvers.value.filterNot(given && _.name == "public")
}

credentials ++= sys.env.get("COURSIER_CREDENTIALS").map(file).filter(_.isFile).toSeq.flatMap { known =>
  val values = new java.util.Properties
  IO.load(values, known)
  for {
    key <- values.stringPropertyNames.toArray(Array.empty[String]).toSeq.sorted if key.endsWith(".host")
    name = key.stripSuffix("host")
    user <- Option(values.getProperty(name + "username"))
    password <- Option(values.getProperty(name + "password"))
  } yield Credentials("", values.getProperty(key), user, password)
}

// Defaults for Play, which its own settings win over: the port, the secret, and
// no file beside the program, which it may not write.
val slipwayPlay =
  """play.server.http.port = ${?PORT}
    |play.server.http.port = ${?PLAY_HTTP_PORT}
    |play.server.http.port = ${?http.port}
    |play.server.pidfile.path = "/dev/null"
    |play.http.secret.key = ${?APPLICATION_SECRET}
    |""".stripMargin

slipwayLibraries := {
  for ((jar, name) <- slipwayNames((Runtime / externalDependencyClasspath).value.map(_.data)))
    IO.copyFile(jar, file("/libs") / name)
  IO.touch(file("/tmp/slipway-libraries"))
}

slipwayProgram := {
  val out = file("/out")
  val base = (ThisBuild / baseDirectory).value
  val libraries = slipwayNames((Runtime / externalDependencyClasspath).value.map(_.data)).toMap
  val own = (Runtime / exportedProducts).value.map(_.data) ++ TaskKey[File]("playPackageAssets").?.value
  val all = own ++ (Runtime / fullClasspath).value.map(_.data).filterNot(own.contains)
  val places = all.filter(_.exists).map { entry =>
    libraries.get(entry).map("lib/" + _).getOrElse {
      val place =
        if (entry.isFile) "modules/" + entry.getName
        else if (own.contains(entry)) "classes"
        else "modules/" + slipwayPlace(base, entry)
      if (entry.isFile) IO.copyFile(entry, out / place) else IO.copyDirectory(entry, out / place)
      place
    }
  }
  val play = if (libraries.values.exists(_.startsWith("play-server_"))) Seq("play") else Nil
  play.foreach(name => IO.write(out / name / "reference.conf", slipwayPlay))
  IO.write(out / "classpath", (play ++ places).distinct.map("/app/" + _).mkString("-cp\n\"", ":", "\"\n"))
}

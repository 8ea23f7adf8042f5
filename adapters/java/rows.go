package java

import (
	"slices"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// Rows are for docs/languages.md.
func (Adapter) Rows() []repo.Row { return slices.Concat(toolRows(), frameworkRows(), shapeRows()) }

func toolRows() []repo.Row {
	return []repo.Row{
		{About: repo.AboutManager, Name: "maven", Does: "one module or several, with the stack's Maven; a wrapper's version is not downloaded", Trees: []string{"plain", "modules", "fatjar"}, Plans: []string{"maven-plain"}},
		{About: repo.AboutManager, Name: "gradle", Does: "one project or several, Groovy or Kotlin scripts; with the Gradle that gradle-wrapper.properties names, fetched and checked by the build, else with the stack's", Trees: []string{"gradle", "gradle-projects"}, Plans: []string{"gradle-kotlin", "gradle-projects", "gradle-wrapper-checked", "gradle-wrapper-committed", "gradle-wrapper-clear", "gradle-wrapper-login", "gradle-wrapper-missing", "gradle-wrapper-sum"}, Why: "Gradle 4.4.1 alone could be had where this was tried, also as what a wrapper names; it reads no Kotlin scripts, and the build says so"},
		{About: repo.AboutManager, Name: ".mvn", Does: "properties, profiles and settings of maven.config count; jvm.config and extensions.xml are Maven's own matter; mvnw is not run", Trees: []string{"javalin"}, Plans: []string{"maven-config", "maven-config-settings-missing"}},
		{About: repo.AboutManager, Name: "sbt", Does: "one project or several, a service also by the directory or the name of a project; with the sbt that project/build.properties names (1.3 and newer, not 2), fetched from the configured Maven repository by a launcher that is checked", Trees: []string{"sbt", "sbt-projects"}, Plans: []string{"sbt-plain", "sbt-project-directory", "sbt-project-asks", "sbt-two-programs", "sbt-library", "sbt-old", "sbt-two", "sbt-version-wrong"}, Why: "tried with sbt 1.11 and 1.12, Scala 2.13 and 3"},
		{About: repo.AboutManager, Name: "Mill, Ant, Clojure's tools", Does: "recognised, and refused with what to do", Why: "no adapter; a Dockerfile builds them"},
		{About: repo.AboutVersion, Name: "pom.xml, build.gradle", Does: "release, source and toolchain settings are the least that will do", Trees: []string{"plain"}, Plans: []string{"maven-plain"}},
		{About: repo.AboutVersion, Name: ".java-version", Does: "exactly that version", Trees: []string{"fatjar"}, Plans: []string{"java-version-file"}},
		{About: repo.AboutVersion, Name: ".tool-versions", Does: "exactly that version", Trees: []string{"groovy"}, Plans: []string{"tool-versions"}},
		{About: repo.AboutVersion, Name: "mise.toml", Does: "exactly that version", Plans: []string{"mise"}},
		{About: repo.AboutVersion, Name: ".sdkmanrc", Does: "exactly that version", Trees: []string{"spring-war"}, Plans: []string{"maven-spring-war"}},
		{About: repo.AboutVersion, Name: "system.properties", Does: "exactly that version", Plans: []string{"system-properties-wrong"}},
	}
}

func frameworkRows() []repo.Row {
	return []repo.Row{
		{About: repo.AboutFramework, Name: "Spring Boot", Does: "SERVER_PORT is set to PORT; the health path is the actuator's where it is there, at /readyz beside a management port of its own", Trees: []string{"spring"}, Plans: []string{"spring-context-path", "spring-management-port"}},
		{About: repo.AboutFramework, Name: "Quarkus", Does: "the fast-jar directory, whatever the settings ask for; QUARKUS_HTTP_PORT is set to PORT", Trees: []string{"quarkus"}, Plans: []string{"quarkus-uber-jar", "gradle-quarkus"}},
		{About: repo.AboutFramework, Name: "Micronaut", Does: "MICRONAUT_SERVER_PORT is set to PORT", Trees: []string{"micronaut"}, Plans: []string{"gradle-catalogue"}},
		{About: repo.AboutFramework, Name: "Helidon", Does: "SERVER_PORT is set to PORT; MicroProfile starts without a main method of one's own", Trees: []string{"helidon"}, Plans: []string{"maven-helidon"}},
		{About: repo.AboutFramework, Name: "Javalin", Does: "the program reads PORT", Trees: []string{"javalin"}, Plans: []string{"maven-javalin"}},
		{About: repo.AboutFramework, Name: "Ktor", Does: "started by the engine's main class or its own; application.conf reads PORT", Trees: []string{"ktor"}},
		{About: repo.AboutFramework, Name: "Vert.x", Does: "the launcher of its version starts the verticle that the build file names; the program reads PORT", Trees: []string{"vertx"}, Plans: []string{"gradle-vertx"}},
		{About: repo.AboutFramework, Name: "Dropwizard", Does: "`commands.start` says what it is started with; its settings are a file of the service or among the resources, and read PORT", Trees: []string{"dropwizard"}, Plans: []string{"dropwizard-no-words"}},
		{About: repo.AboutFramework, Name: "Play", Does: "started without its script; listens on PORT and takes its secret from APPLICATION_SECRET, unless application.conf says otherwise", Trees: []string{"sbt-play"}, Plans: []string{"sbt-play"}},
		{About: repo.AboutFramework, Name: "http4s, Pekko HTTP, ZIO HTTP", Does: "the program reads PORT", Trees: []string{"sbt", "sbt-projects", "sbt-zio"}},
		{About: repo.AboutFramework, Name: "a server of the JDK, or of a library", Does: "the program reads PORT", Trees: []string{"plain"}},
	}
}

func shapeRows() []repo.Row {
	return []repo.Row{
		{About: repo.AboutShape, Name: "Kotlin", Does: "with Maven or Gradle; the main function of a file", Trees: []string{"kotlin"}, Plans: []string{"gradle-kotlin"}, Why: "with Maven alone: its plugin for Gradle wants a newer one than could be had where this was tried"},
		{About: repo.AboutShape, Name: "Scala", Does: "with sbt or Maven; an object with a main method, one of a trait that brings it, or @main; not older than 2.12", Trees: []string{"scala", "sbt", "sbt-projects"}, Plans: []string{"maven-scala", "sbt-scala-old"}},
		{About: repo.AboutShape, Name: "Scala.js, Scala Native", Does: "passed over beside a service of the JVM, else refused", Plans: []string{"sbt-project-directory", "sbt-scala-js"}},
		{About: repo.AboutShape, Name: "Groovy", Does: "with Maven; a class with a main method", Trees: []string{"groovy"}},
		{About: repo.AboutShape, Name: "Procfile", Does: "chooses one of several programs by its class, with its options and words; $PORT in them is written down; the class path is the build's own", Trees: []string{"files"}, Plans: []string{"procfile"}},
		{About: repo.AboutShape, Name: "several modules that could be started", Does: "the one of the service's name, `main:`, or the class that the Dockerfile beside starts; nothing is guessed", Trees: []string{"modules", "modules-two"}, Plans: []string{"two-mains", "two-mains-dockerfile", "module-by-name"}},
		{About: repo.AboutShape, Name: "shaded jar", Does: "started as the jar that it is; of sbt what the tasks assembly, where its plugin is there, or package make", Trees: []string{"fatjar", "sbt-jar"}, Plans: []string{"jar-by-name", "sbt-assembly"}},
		{About: repo.AboutShape, Name: "war", Does: "Spring Boot's starts by itself; any other is refused: it needs an application server", Trees: []string{"spring-war", "war"}, Plans: []string{"gradle-war", "maven-spring-war", "gradle-spring-war"}},
		{About: repo.AboutShape, Name: "version catalogue of Gradle", Does: "read by what a script asks of it", Plans: []string{"gradle-catalogue", "gradle-catalogue-broken"}},
		{About: repo.AboutShape, Name: "a front end of Node.js", Does: "what a package.json builds into the served resources is built first, with Node.js; or `frontend:`, which takes the place of frontend-maven-plugin", Trees: []string{"frontend"}, Plans: []string{"frontend-resources", "maven-node-plugin-declared", "maven-node-plugin"}},
		{About: repo.AboutShape, Name: "protobuf and gRPC, not committed", Does: "protobuf-maven-plugin runs the protoc and the plugins of the Maven repository, which the dependency step brings", Trees: []string{"grpc"}, Why: "Gradle's plugin was not tried: it needs a newer Gradle than Debian's"},
		{About: repo.AboutShape, Name: "tests in the build", Does: "`tests:` runs them without a network", Trees: []string{"tested"}, Plans: []string{"build-and-tests"}},
		{About: repo.AboutShape, Name: "files read at run time", Does: "what the program opens by its name beside itself, what its start command names, and what Spring Boot and Vert.x find there is in the image", Trees: []string{"files"}, Plans: []string{"files-read", "files-spring"}},
		{About: repo.AboutShape, Name: "a port of its own", Does: "where no framework is told and nothing reads PORT, it is what the program listens on by itself: in a call, a constant or a default", Plans: []string{"port-constant", "port-spark", "port-ktor", "host-variable"}},
		{About: repo.AboutShape, Name: "worker", Does: "`kind: worker`", Trees: []string{"worker"}},
		{About: repo.AboutShape, Name: "no server", Does: "a task, also of Spring Boot without a server; a worker, where it takes from a queue or waits for a time; a web service otherwise, and where a library that is not known may serve", Plans: []string{"kind-command", "kind-spring-batch", "kind-spring-worker", "kind-spring-actuator", "kind-foreign"}},
		{About: repo.AboutShape, Name: "an address of the loopback", Does: "one in the settings of Spring Boot, Quarkus, Micronaut and Helidon gives way to a variable; else a variable that it is the default of is set, or the plan says where it is listened on", Plans: []string{"loopback-spring", "loopback", "loopback-vertx", "host-variable"}},
	}
}

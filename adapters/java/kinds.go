package java

// servers are the beginnings of libraries with which a program answers HTTP.
func servers() []string {
	var all []string
	for _, starter := range []string{"web", "webflux", "webmvc", "jersey", "tomcat", "jetty", "undertow", "reactor-netty", "data-rest", "hateoas", "websocket", "graphql", "thymeleaf", "freemarker", "mustache", "security-oauth2-authorization-server", "oauth2-authorization-server"} {
		all = append(all, springGroup+":spring-boot-starter-"+starter)
	}
	for _, extension := range []string{"rest", "resteasy", "vertx-http", "reactive-routes", "undertow", "smallrye-graphql", "smallrye-health", "smallrye-openapi", "spring-web", "funqy-http", "websockets", "qute-web", "micrometer-registry", "jackson", "oidc", "web-dependency"} {
		all = append(all, quarkusGroup+":quarkus-"+extension)
	}
	return append(all,
		"org.springframework:spring-webmvc", "org.springframework:spring-webflux", "org.springframework.cloud:spring-cloud-starter-gateway", "org.springframework.cloud:spring-cloud-gateway", "org.springframework.cloud:spring-cloud-config-server",
		"org.springframework.cloud:spring-cloud-starter-netflix-eureka-server", "org.springdoc:", "com.vaadin:", "de.codecentric:spring-boot-admin-starter-server", "com.netflix.graphql.dgs:",
		micronautGroup+":micronaut-http-server", micronautGroup+":micronaut-management", "io.micronaut.servlet:", "io.micronaut.application", "io.helidon", "io.vertx:", "io.javalin:", "com.sparkjava:", "io.ktor:ktor-server", "org.http4k:", "io.jooby:", "org.jooby:",
		"com.linecorp.armeria:", "io.dropwizard:", "org.eclipse.jetty", "io.undertow:", "org.apache.tomcat.embed:", "org.glassfish.jersey", "org.glassfish.grizzly", "org.jboss.resteasy", "io.ratpack:", "io.ktor.plugin", "org.takes:", "ro.pippo:", "com.blade-mvc:",
		"io.avaje:avaje-nima", "io.activej:", "fi.iki.elonen:nanohttpd", "org.nanohttpd:", "io.netty:netty-all", "io.netty:netty-codec-http", "io.projectreactor.netty:", "com.typesafe.akka:akka-http", "org.apache.pekko:pekko-http", "org.http4s:", "dev.zio:zio-http",
		"com.typesafe.play:", "org.playframework:", "com.twitter:fin", "com.lihaoyi:cask", "com.softwaremill.sttp.tapir:", "org.scalatra:", "ring:", "org.apache.cxf:", "org.eclipse.microprofile", "jakarta.ws.rs:", "javax.ws.rs:", "jakarta.servlet:", "javax.servlet:",
	)
}

// serverWords are what sources have that answer requests.
func serverWords() []string {
	return []string{
		"HttpServer", "ServerSocket", "ServerBootstrap", "HttpServlet", "@RestController", "@Controller", "@GetMapping", "@RequestMapping", "@Path(", "RouterFunction", "@WebServlet", "embeddedServer(", "Javalin.", "Undertow", "new Server(", "AsynchronousServerSocketChannel",
	}
}

// waitingWords are what sources have that go on until they are told to stop.
func waitingWords() []string {
	return []string{
		"@KafkaListener", "@RabbitListener", "@JmsListener", "@SqsListener", "@StreamListener", "@Scheduled", "@Incoming(", "@KafkaClient", "scheduleAtFixedRate(", "scheduleWithFixedDelay(", "Thread.currentThread().join(", "while (true)", "while(true)", "for (;;)", "for(;;)",
	}
}

// queues are libraries whose programs run until they are told to stop.
func queues() []string {
	return []string{
		"org.apache.kafka:kafka-streams", "org.apache.kafka:kafka-clients", "org.springframework.kafka:", "org.springframework.amqp:", springGroup + ":spring-boot-starter-amqp", springGroup + ":spring-boot-starter-activemq", springGroup + ":spring-boot-starter-artemis",
		"org.springframework.cloud:spring-cloud-stream", "org.springframework.cloud:spring-cloud-starter-stream", "com.rabbitmq:amqp-client", "io.nats:", "org.apache.pulsar:", "org.apache.activemq:", "io.awspring.cloud:spring-cloud-aws-starter-sqs", "io.temporal:",
		"org.quartz-scheduler:", springGroup + ":spring-boot-starter-quartz", "org.apache.camel", "com.google.cloud:google-cloud-pubsub", "net.dv8tion:", "org.telegram:", "org.eclipse.paho:", quarkusGroup + ":quarkus-messaging", quarkusGroup + ":quarkus-smallrye-reactive-messaging",
		quarkusGroup + ":quarkus-kafka", quarkusGroup + ":quarkus-scheduler", micronautGroup + ".kafka:", micronautGroup + ".rabbitmq:",
	}
}

// harmless are groups of libraries that everybody uses and none of which
// serves.
func harmless() []string {
	return []string{
		"info.picocli", "commons-cli", "args4j", "com.beust", "org.jline", "org.slf4j", "ch.qos.logback", "org.apache.logging.log4j", "com.google.guava", "com.google.code.gson", "com.google.code.findbugs", "com.fasterxml.jackson", "org.apache.commons", "commons-io", "commons-lang",
		"commons-codec", "commons-csv", "com.opencsv", "org.projectlombok", "org.mapstruct", "org.yaml", "org.json", "org.jsoup", "org.apache.poi", "org.apache.pdfbox", "org.postgresql", "com.mysql", "mysql", "org.mariadb.jdbc", "com.h2database", "org.xerial", "com.oracle.database.jdbc",
		"com.microsoft.sqlserver", "org.hibernate", "com.zaxxer", "org.jooq", "org.mybatis", "org.flywaydb", "org.liquibase", "com.squareup.okhttp3", "com.squareup.retrofit2", "org.apache.httpcomponents", "software.amazon.awssdk", "com.amazonaws", "redis.clients", "org.mongodb",
		"org.springframework", "org.junit", "junit", "org.mockito", "org.assertj", "org.hamcrest", "org.testcontainers", "org.apache.maven", "org.codehaus.mojo", "org.jetbrains.kotlin", "org.jetbrains.kotlinx", "org.jetbrains", "org.scala-lang", "net.alchim31.maven", "com.github.ajalt.clikt", "com.lihaoyi",
		"io.quarkus", "io.micronaut", "jakarta.annotation", "jakarta.inject", "javax.annotation", "javax.inject",
	}
}

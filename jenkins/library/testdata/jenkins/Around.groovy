import groovy.json.JsonOutput

/** What is around a pipeline and not part of its saved state: Jenkins itself. */
class Around {
    static Map environment = [:]
    static Map credentials = [:]
    static String webhook
    static Build build = new Build()

    static void begin(Map given) {
        environment = new HashMap(given.env ?: [:])
        credentials = given.credentials ?: [:]
        webhook = given.webhook
        build = new Build(startTimeInMillis: given.started as long)
    }

    static void bind(List bindings) {
        for (b in bindings) {
            if (!credentials.containsKey(b.credentialsId)) {
                throw new AbortException("Could not find credentials entry with ID '${b.credentialsId}'")
            }
            environment[b.variable] = credentials[b.credentialsId]
        }
    }

    static void unbind(List bindings) {
        bindings.each { environment.remove(it.variable) }
    }

    static synchronized void tell(Map what) {
        System.out.println(JsonOutput.toJson(what))
        System.out.flush()
    }
}

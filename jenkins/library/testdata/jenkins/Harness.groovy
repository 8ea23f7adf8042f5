// Runs pipelines that use the library, one after another, with Jenkins' own
// Groovy and the interpreter that Pipeline has (groovy-cps). Steps are stubs.
//
//	Harness.groovy LIBRARY
//
// A line of stdin that is JSON begins a pipeline: pipeline (its text), env,
// credentials, webhook, started, second (how long one is here, ms). Any other
// line happens to the one that runs: "abort" or "webhook". Stdout tells each
// step as a line of JSON, and the end.
import com.cloudbees.groovy.cps.Continuable
import com.cloudbees.groovy.cps.CpsTransformer
import com.cloudbees.groovy.cps.NonCPS
import com.cloudbees.groovy.cps.ObjectInputStreamWithLoader
import com.cloudbees.groovy.cps.Outcome
import com.cloudbees.groovy.cps.TransformerConfiguration
import groovy.json.JsonSlurperClassic
import org.codehaus.groovy.control.CompilerConfiguration
import org.codehaus.groovy.control.customizers.ImportCustomizer

import java.util.concurrent.BlockingQueue
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

GroovyClassLoader transforming(File library) {
    CpsTransformer transformer = new CpsTransformer()
    transformer.configuration = new TransformerConfiguration()
    ImportCustomizer imports = new ImportCustomizer()
    imports.addImport(NonCPS.name)
    CompilerConfiguration config = new CompilerConfiguration()
    config.addCompilationCustomizers(imports, transformer)
    GroovyClassLoader loader = new GroovyClassLoader(this.class.classLoader, config)
    loader.addClasspath(new File(library, 'src').path)
    loader.addClasspath(new File(library, 'testdata/pipeline').path)
    loader.loadClass('Steps') // before it is a base class
    config.scriptBaseClass = 'Steps'
    return loader
}

// reloaded gives a program as it is after a restart: what cannot be saved
// fails here, with its name.
Continuable reloaded(Continuable program, GroovyClassLoader loader) {
    ByteArrayOutputStream saved = new ByteArrayOutputStream()
    new ObjectOutputStream(saved).withCloseable { it.writeObject(program) }
    String token = Around.environment.SLIPWAY_TOKEN
    if (token && new String(saved.toByteArray(), 'ISO-8859-1').contains(token)) {
        throw new IllegalStateException('the saved program has the token in it')
    }
    return new ObjectInputStreamWithLoader(new ByteArrayInputStream(saved.toByteArray()), loader).readObject() as Continuable
}

// outcome lets a step happen.
Outcome outcome(Map step, BlockingQueue happened, long second) {
    Around.tell(step)
    if (step.step in ['echo', 'sh']) {
        return new Outcome(null, null)
    }
    long time = step.step == 'sleep' ? (step.seconds as long) * second : 60_000
    String event = happened.poll(time, TimeUnit.MILLISECONDS)
    return event == 'abort' ? new Outcome(null, new FlowInterruptedException()) : new Outcome(event, null)
}

Outcome finished(Script pipeline, GroovyClassLoader loader, BlockingQueue happened, long second) {
    Continuable program = new Continuable(pipeline)
    Outcome last = program.run0(new Outcome(null, null))
    while (program.isResumable()) {
        Map step = last.replay() as Map
        program = reloaded(program, loader)
        last = program.run0(outcome(step, happened, second))
    }
    return last
}

// result is the worst of what was set and how it ended, as Jenkins has it.
String result(Throwable t) {
    List order = ['SUCCESS', 'UNSTABLE', 'FAILURE', 'NOT_BUILT', 'ABORTED']
    String ended = t == null ? 'SUCCESS' : t instanceof FlowInterruptedException ? 'ABORTED' : 'FAILURE'
    return order.indexOf(Around.build.result) > order.indexOf(ended) ? Around.build.result : ended
}

BlockingQueue asked = new LinkedBlockingQueue()
BlockingQueue happened = new LinkedBlockingQueue()
Thread.startDaemon {
    new BufferedReader(new InputStreamReader(System.in, 'UTF-8')).eachLine { (it.startsWith('{') ? asked : happened).put(it) }
    asked.put('')
}

File library = new File(args[0])
GroovyClassLoader loader = transforming(library)
Map vars = [:]
new File(library, 'vars').eachFileMatch(~/.*\.groovy/) { vars[it.name - '.groovy'] = loader.parseClass(it) }

for (String line = asked.take(); line; line = asked.take()) {
    Map given = new JsonSlurperClassic().parseText(line) as Map
    happened.clear()
    Around.begin(given)
    Script pipeline = loader.parseClass(given.pipeline as String).newInstance()
    vars.each { name, type ->
        Script s = type.newInstance()
        s.binding = pipeline.binding
        pipeline.binding.setVariable(name, s)
    }
    try {
        Outcome last = finished(pipeline, loader, happened, given.second as long)
        Throwable t = last.abnormal
        if (t != null && !(t instanceof AbortException || t instanceof FlowInterruptedException)) {
            t.printStackTrace()
        }
        Around.tell([step: 'end', result: result(t), error: t?.message ?: '', handle: last.normal, description: Around.build.description])
    } catch (Throwable t) { // the harness's own, or what could not be saved
        t.printStackTrace()
        Around.tell([step: 'end', result: 'BROKEN', error: t.toString()])
    }
}

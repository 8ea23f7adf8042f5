import com.cloudbees.groovy.cps.Continuable
import com.cloudbees.groovy.cps.NonCPS
import com.cloudbees.groovy.cps.SerializableScript
import org.codehaus.groovy.runtime.InvokerHelper

/**
 * What the scripts of a pipeline stand on: the steps that the library uses.
 * Those that take time give control back to the harness, which saves the
 * program and loads it anew each time, as Jenkins does over a restart.
 */
abstract class Steps extends SerializableScript {
    @NonCPS
    private void writeObject(ObjectOutputStream out) {
        out.defaultWriteObject()
        out.writeObject(new HashMap(binding.variables))
    }

    @NonCPS
    private void readObject(ObjectInputStream from) {
        from.defaultReadObject()
        binding = new Binding(from.readObject() as Map)
    }

    /** Calls a file of vars/ as Pipeline does; a step that is not there is no such method. */
    @NonCPS
    Object invokeMethod(String name, Object args) {
        if (binding.hasVariable(name)) {
            return InvokerHelper.invokeMethod(binding.getVariable(name), 'call', args)
        }
        throw new NoSuchMethodError("No such DSL method '${name}' found among steps [echo, error, …]")
    }

    @NonCPS
    def getEnv() { return Around.environment }

    @NonCPS
    def getCurrentBuild() { return Around.build }

    @NonCPS
    def echo(String text) { return Continuable.suspend([step: 'echo', text: text]) }

    @NonCPS
    def sleep(Map how) { return Continuable.suspend([step: 'sleep', seconds: how.time, unit: how.unit]) }

    @NonCPS
    def waitForWebhook(hook) { return Continuable.suspend([step: 'waitForWebhook', token: hook.token]) }

    @NonCPS
    def registerWebhook() {
        if (!Around.webhook) {
            throw new NoSuchMethodError("No such DSL method 'registerWebhook' found among steps [echo, error, …]")
        }
        return new Hook(token: 'abc', url: Around.webhook)
    }

    @NonCPS
    def string(Map how) { return how }

    @NonCPS
    def error(String message) { throw new AbortException(message) }

    @NonCPS
    def sh(String script) { return Continuable.suspend([step: 'sh', text: script]) }

    def stage(String name, Closure body) { return body() }

    def node(Closure body) {
        Around.tell([step: 'node'])
        return body()
    }

    def withCredentials(List bindings, Closure body) {
        Around.bind(bindings)
        try {
            return body()
        } finally {
            Around.unbind(bindings)
        }
    }

    def timeout(Map how, Closure body) {
        Around.tell([step: 'timeout', minutes: how.time, unit: how.unit])
        return body()
    }
}

package slipway.jenkins;

import hudson.EnvVars;
import hudson.Extension;
import hudson.Launcher;
import hudson.Util;
import hudson.model.AbstractBuild;
import hudson.model.AbstractProject;
import hudson.model.BuildListener;
import hudson.model.Result;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.Builder;
import hudson.util.FormValidation;
import hudson.util.Secret;
import java.io.IOException;
import net.sf.json.JSONObject;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest;

/**
 * The step "Slipway build" of a freestyle job. There is no lambda in this
 * class: Hudson reads the names of the constructor's parameters with an ASM of
 * the time before they were.
 */
public class SlipwayBuilder extends Builder {
    private final String service;
    private final String ref;
    private final String commit;
    private final String url;
    private final Secret token;

    @DataBoundConstructor
    public SlipwayBuilder(String service, String ref, String commit, String url, Secret token) {
        this.service = Util.fixNull(service).trim();
        this.ref = Util.fixNull(ref).trim();
        this.commit = Util.fixNull(commit).trim();
        this.url = Util.fixNull(url).trim();
        this.token = token;
    }

    public String getService() {
        return service;
    }

    public String getRef() {
        return ref;
    }

    public String getCommit() {
        return commit;
    }

    public String getUrl() {
        return url;
    }

    public Secret getToken() {
        return token;
    }

    @Override
    public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener) throws InterruptedException, IOException {
        EnvVars env = build.getEnvironment(listener);
        Follower.Asked asked = asked(build, env);
        String problem = Names.problem(asked.service, server());
        if (problem == null) {
            problem = Names.tokenProblem(url, getDescriptor().getUrl(), Names.named(Secret.toString(token)));
        }
        if (problem != null) {
            listener.fatalError(problem);
            return false;
        }
        Follower f = new Follower(new Rest(server(), Secret.toString(secret())), asked, listener.getLogger());
        try {
            f.run(new Follower.Shown() {
                @Override
                public void at(long number, String link) throws IOException {
                    build.setDescription("Slipway " + number + " " + asked.service + ": " + link);
                }
            });
        } catch (Rest.Refused e) {
            listener.fatalError("Slipway: " + e.getMessage());
            return false;
        }
        return conclude(build, listener, f, asked);
    }

    private Follower.Asked asked(AbstractBuild<?, ?> build, EnvVars env) {
        Follower.Asked a = new Follower.Asked();
        a.service = env.expand(service);
        a.ref = Names.named(ref) ? env.expand(ref) : Names.branch(env.get("GIT_BRANCH"));
        a.commit = Names.named(commit) ? env.expand(commit) : Names.named(ref) || a.ref.isEmpty() ? "" : Util.fixNull(env.get("GIT_COMMIT"));
        a.from = Util.fixNull(env.get("BUILD_URL"));
        int step = build.getProject() instanceof hudson.model.Project ? ((hudson.model.Project<?, ?>) build.getProject()).getBuilders().indexOf(this) : 0;
        a.once = Names.once(env.get("BUILD_TAG") + " " + build.getTimestamp().getTimeInMillis() + " " + a.service + " " + a.ref + " " + a.commit + " " + step);
        return a;
    }

    private boolean conclude(AbstractBuild<?, ?> build, BuildListener listener, Follower f, Follower.Asked asked) throws IOException {
        build.addAction(new Made(f.number, f.image));
        String what = f.number == 0 ? "nothing was built of " + asked.service : "build " + f.number + " of " + asked.service + (f.unchanged ? " is what it is still: " : " ") + f.state;
        listener.getLogger().println("Slipway: " + what + (f.image.isEmpty() ? "" : ": " + f.image) + (f.reason.isEmpty() ? "" : ": " + f.reason));
        if (!f.image.isEmpty()) {
            build.setDescription("Slipway " + f.number + " " + asked.service + ": " + f.image + " " + new Rest(server(), "").link(f.number));
        }
        Result result = Result.fromString(f.result());
        if (result != Result.SUCCESS) {
            build.setResult(result);
        }
        return result == Result.SUCCESS;
    }

    private String server() {
        return Names.server(Names.named(url) ? url : getDescriptor().getUrl());
    }

    private Secret secret() {
        return Names.named(Secret.toString(token)) ? token : getDescriptor().getToken();
    }

    @Override
    public DescriptorImpl getDescriptor() {
        return (DescriptorImpl) super.getDescriptor();
    }

    /** What all jobs share: Slipway's URL and this Jenkins' token. */
    @Extension
    public static final class DescriptorImpl extends BuildStepDescriptor<Builder> {
        private String url;
        private Secret token;

        public DescriptorImpl() {
            super(SlipwayBuilder.class);
            load();
        }

        public String getUrl() {
            return url;
        }

        public Secret getToken() {
            return token;
        }

        @Override
        public String getDisplayName() {
            return "Slipway build";
        }

        @Override
        @SuppressWarnings("rawtypes") // as the core declares it
        public boolean isApplicable(Class<? extends AbstractProject> type) {
            return true;
        }

        @Override
        public boolean configure(StaplerRequest request, JSONObject form) throws FormException {
            url = Util.fixNull(form.optString("url")).trim();
            token = Secret.fromString(form.optString("token"));
            save();
            return super.configure(request, form);
        }

        public FormValidation doCheckService(@QueryParameter String value) {
            String problem = Names.serviceProblem(Util.fixNull(value).trim());
            return problem == null || value.contains("$") ? FormValidation.ok() : FormValidation.error(problem);
        }

        public FormValidation doCheckUrl(@QueryParameter String value) {
            String problem = Names.named(value) ? Names.serverProblem(value.trim()) : null;
            return problem == null ? FormValidation.ok() : FormValidation.error(problem);
        }

        public FormValidation doCheckCommit(@QueryParameter String value) {
            String text = Util.fixNull(value).trim();
            return text.isEmpty() || text.contains("$") || text.matches("[0-9a-f]{40}|[0-9a-f]{64}") ? FormValidation.ok() : FormValidation.error("Give the commit's whole id, or a variable like $GIT_COMMIT");
        }
    }
}

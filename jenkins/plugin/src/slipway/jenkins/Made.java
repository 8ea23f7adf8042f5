package slipway.jenkins;

import hudson.EnvVars;
import hudson.model.AbstractBuild;
import hudson.model.EnvironmentContributingAction;
import hudson.model.InvisibleAction;

/** Tells the steps after it what was made: SLIPWAY_BUILD_ID and SLIPWAY_IMAGE. */
public class Made extends InvisibleAction implements EnvironmentContributingAction {
    private final long number;
    private final String image;

    Made(long number, String image) {
        this.number = number;
        this.image = image;
    }

    @Override
    public void buildEnvVars(AbstractBuild<?, ?> build, EnvVars env) {
        if (number != 0) {
            env.put("SLIPWAY_BUILD_ID", Long.toString(number));
        }
        if (!image.isEmpty()) {
            env.put("SLIPWAY_IMAGE", image);
        }
    }
}

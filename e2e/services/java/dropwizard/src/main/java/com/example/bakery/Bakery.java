package com.example.bakery;

import io.dropwizard.configuration.EnvironmentVariableSubstitutor;
import io.dropwizard.configuration.ResourceConfigurationSourceProvider;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

/** Sells bread. */
public class Bakery extends Application<Configuration> {

    public static void main(String[] args) throws Exception {
        new Bakery().run(args);
    }

    @Override
    public void initialize(Bootstrap<Configuration> bootstrap) {
        bootstrap.setConfigurationSourceProvider(
            new SubstitutingSourceProvider(new ResourceConfigurationSourceProvider(), new EnvironmentVariableSubstitutor(true)));
    }

    @Override
    public void run(Configuration configuration, Environment environment) {
        environment.jersey().register(new Bread());
    }

    /** What there is. */
    @Path("/bread")
    public static class Bread {

        @GET
        public String loaves() {
            return "rye and wheat\n";
        }
    }
}

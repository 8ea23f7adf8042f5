package com.example.lamp;

import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

@Path("/")
@RequestScoped
public class Lamp {
    @GET
    @Produces(MediaType.TEXT_PLAIN)
    public String shine() {
        return "two flashes in ten seconds";
    }
}

package dev.fjord.load.document;

import dev.fjord.problem.Location;

/** A value together with the place that says it. */
public record Said<T>(T value, Location at) {}

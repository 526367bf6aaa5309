package dev.fjord.load;

import dev.fjord.model.Instance;

/** An instance with everything filled in, and the document that it is from. */
record Resolved(Instance instance, Claim claim) {}

/** Holds documents against schema/*.schema.json, in fjord's words. The only user of networknt. */
@NullMarked
package dev.fjord.load.schema;

import org.jspecify.annotations.NullMarked;

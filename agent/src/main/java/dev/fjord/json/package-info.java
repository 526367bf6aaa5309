/** JSON of the model's values: one form for records, snapshots, plans and status. */
@NullMarked
package dev.fjord.json;

import org.jspecify.annotations.NullMarked;

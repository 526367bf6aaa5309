/** One run: fetch, load, observe, plan, guard, apply, verify, report. */
@NullMarked
package dev.fjord.reconcile;

import org.jspecify.annotations.NullMarked;

/** What people and programs read: plans, problems, results and status. Values in, text out. */
@NullMarked
package dev.fjord.report;

import org.jspecify.annotations.NullMarked;

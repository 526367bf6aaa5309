/** What people and programs are told: plans, problems, results and status. Values in, text out. */
@NullMarked
package dev.fjord.report;

import org.jspecify.annotations.NullMarked;

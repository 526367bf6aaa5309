/** Tests of problems. */
package dev.fjord.problem;

/** Tests of the reports. */
package dev.fjord.report;

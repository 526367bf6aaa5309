@org.jspecify.annotations.NullMarked
package dev.fjord.trust.git;

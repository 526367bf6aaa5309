@NullMarked
package dev.fjord.source.remote;

import org.jspecify.annotations.NullMarked;

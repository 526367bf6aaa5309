@NullMarked
package dev.fjord.source.tree;

import org.jspecify.annotations.NullMarked;

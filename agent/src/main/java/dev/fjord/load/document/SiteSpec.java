package dev.fjord.load.document;

import dev.fjord.model.ByteSize;
import dev.fjord.model.ResourceName;
import dev.fjord.model.SignaturePolicy;
import dev.fjord.model.Site;
import org.jspecify.annotations.Nullable;

/** A site, and the defaults of its instances; null where it has no default. */
public record SiteSpec(
    Site site,
    @Nullable Said<ResourceName> image,
    @Nullable Said<ResourceName> kernel,
    @Nullable Said<ByteSize> memory,
    @Nullable Said<ByteSize> swap,
    @Nullable Said<String> timeZone,
    boolean partnersCapture,
    SignaturePolicy signatures)
    implements Spec {}

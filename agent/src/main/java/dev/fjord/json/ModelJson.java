package dev.fjord.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.EnumNamingStrategies;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.fjord.model.AddressRange;
import dev.fjord.model.AuthorizedKey;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Cidr;
import dev.fjord.model.Digest;
import dev.fjord.model.Identity;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.IpAddress;
import dev.fjord.model.IpPrefix;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.KernelVersion;
import dev.fjord.model.MacAddress;
import dev.fjord.model.Owner;
import dev.fjord.model.PortRange;
import dev.fjord.model.Rate;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Source;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Function;

/**
 * Reads and writes the model's records. Value types are their text ({@code "128MiB"}), enums are
 * lower case with dashes, an owner is the partner's name or {@code ""} for the site. Unknown fields
 * are ignored. A file that outlives the process also has a {@link FileFormat}. Thread-safe.
 */
public final class ModelJson {
  private static final ObjectMapper MAPPER = build().build();

  private ModelJson() {}

  /** The shared mapper; not to be configured further. */
  public static ObjectMapper mapper() {
    return MAPPER;
  }

  public static byte[] write(Object value) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(value);
    } catch (JacksonException e) {
      throw new IllegalStateException("a value of the model has no JSON form: " + value, e);
    }
  }

  /**
   * Reads one value.
   *
   * @param origin named in the error
   */
  public static <T> T read(byte[] json, Class<T> type, String origin) {
    return read(MAPPER, json, type, origin);
  }

  static <T> T read(ObjectMapper mapper, byte[] json, Class<T> type, String origin) {
    try {
      T value = mapper.readValue(json, type);
      if (value == null) {
        throw Problem.of("unreadable-json", origin + " holds no value").asException();
      }
      return value;
    } catch (IOException | IllegalArgumentException | NullPointerException e) {
      String detail = String.valueOf(e.getMessage());
      throw Problem.of("unreadable-json", origin + " does not hold what fjord writes there")
          .detail(detail.substring(0, Math.min(400, detail.length())))
          .asException(e);
    }
  }

  /**
   * A mapper for what a program reads back: it writes the components of a record alone, and not the
   * results of its {@code isX()} methods.
   */
  static ObjectMapper componentsOnly() {
    return build().disable(MapperFeature.AUTO_DETECT_IS_GETTERS).build();
  }

  private static JsonMapper.Builder build() {
    SimpleModule module = new SimpleModule("fjord");
    text(module, ResourceName.class, ResourceName::parse);
    text(module, ByteSize.class, ByteSize::parse);
    text(module, Ipv4Address.class, Ipv4Address::parse);
    text(module, Ipv6Address.class, Ipv6Address::parse);
    text(module, IpAddress.class, IpAddress::parse);
    text(module, Cidr.class, Cidr::parse);
    text(module, IpPrefix.class, IpPrefix::parse);
    text(module, PortRange.class, PortRange::parse);
    text(module, Rate.class, Rate::parse);
    text(module, KernelVersion.class, KernelVersion::parse);
    text(module, AddressRange.class, AddressRange::parse);
    text(module, MacAddress.class, MacAddress::parse);
    text(module, Digest.class, Digest::parse);
    text(module, InterfaceName.class, InterfaceName::parse);
    text(module, Identity.class, Identity::parse);
    text(module, AuthorizedKey.class, AuthorizedKey::parse);
    text(module, Source.class, Source::parse);
    text(module, Instant.class, Instant::parse);
    text(module, Path.class, Path::of);
    module.addSerializer(new OwnerSerializer());
    module.addDeserializer(Owner.class, new OwnerDeserializer());
    module.addKeyDeserializer(
        ResourceName.class,
        new KeyDeserializer() {
          @Override
          public Object deserializeKey(String key, DeserializationContext context) {
            return new ResourceName(key);
          }
        });
    return JsonMapper.builder()
        .addModule(module)
        .enumNamingStrategy(EnumNamingStrategies.KEBAB_CASE)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
        .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
        .defaultLocale(Locale.ROOT);
  }

  private static <T> void text(SimpleModule module, Class<T> type, Function<String, T> parse) {
    module.addSerializer(type, new ToStringSerializer(type));
    module.addDeserializer(
        type,
        new FromStringDeserializer<T>(type) {
          private static final long serialVersionUID = 1L;

          @Override
          protected T _deserialize(String value, DeserializationContext context) {
            return parse.apply(value);
          }
        });
  }

  private static final class OwnerSerializer extends StdSerializer<Owner> {
    private static final long serialVersionUID = 1L;

    OwnerSerializer() {
      super(Owner.class);
    }

    @Override
    public void serialize(Owner owner, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(owner.partner() == null ? "" : owner.partner().value());
    }
  }

  private static final class OwnerDeserializer extends JsonDeserializer<Owner> {
    @Override
    public Owner deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      String partner = parser.getText();
      return partner.isEmpty() ? Owner.SITE : Owner.partner(new ResourceName(partner));
    }
  }
}

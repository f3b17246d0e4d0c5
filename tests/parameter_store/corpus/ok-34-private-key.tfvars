key = <<-EOT
  -----BEGIN PRIVATE KEY-----
  MIIEvQ+/==
  -----END PRIVATE KEY-----
  EOT

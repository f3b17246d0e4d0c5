x = <<-EOT
    four
      six

    four
  EOT
y = <<-EOT
		tabs
			three
	EOT
